/** Leads to the first field that was refused, which may be folded away or scrolled out of sight. Once it is drawn. */
export function focusFirstError(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('[role="dialog"] form [aria-invalid="true"]')?.focus();
  });
}
