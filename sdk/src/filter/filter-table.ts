/** What a column holds, in the words of the policies. */
export type ColumnType = 'string' | 'long' | 'boolean' | 'entity' | 'strings' | 'longs' | 'entities';

/** A table, as far as policies speak of its rows. See the guide on filters for what each member promises. */
export interface FilterTable {
  resourceType: string;
  /** The column that holds the id. */
  id?: string;
  /** An alias before the columns. */
  table?: string;
  attributes?: Readonly<
    Record<
      string,
      {
        type: ColumnType;
        /** The attribute's name, unless said otherwise. */
        column?: string;
        entityType?: string;
        notNull?: boolean;
        uuid?: boolean;
      }
    >
  >;
}
