import { useEffect, useState } from 'react';

/** Gives what leads to the first field that was refused, which may be folded away or out of sight, once the refusal is drawn. */
export function useFirstError(): () => void {
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals > 0) document.querySelector<HTMLElement>('[role="dialog"] form [aria-invalid="true"]')?.focus();
  }, [refusals]);
  return () => setRefusals((before) => before + 1);
}
