"""Projects as files: export, templates, import in steps."""
