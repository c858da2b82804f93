import { GatehouseError } from '#base';

export interface Collected<T> {
  items: T[];
  /** False when there are more, or when looking for all of them would have taken too long. */
  complete: boolean;
}

/** Takes at most so many from a list, and says whether these are all. A list that stops silently would be taken for whole. */
export function collect<T>(list: Iterator<T>, itemsMax: number): Collected<T> {
  const items: T[] = [];
  try {
    for (let next = list.next(); next.done !== true; next = list.next()) {
      if (items.length === itemsMax) return { items, complete: false };
      items.push(next.value);
    }
    return { items, complete: true };
  } catch (error) {
    const cut = error instanceof GatehouseError && error.code === 'authorization_model_resolution_too_complex';
    if (cut && items.length > 0) return { items, complete: false };
    throw error;
  }
}
