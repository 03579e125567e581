// What needs attention before anything else takes the focus when the page opens: the summary of a form's errors.

export function start(element) {
  element.focus();
}
