"""What happens to every request before a route sees it and to every response after, as plain ASGI."""
