// A preference is a cookie, so that the server renders the next page with it and nothing flashes.

const ONE_YEAR = 365 * 24 * 60 * 60;

export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value ? ONE_YEAR : 0;
  document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${age}${secure}`;
}
