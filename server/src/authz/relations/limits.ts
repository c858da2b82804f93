/** A limit on everything. Where OpenFGA has one, it is OpenFGA's, so that what fits there fits here. */
export const RELATION_LIMITS = {
  typesMax: 100,
  relationsPerTypeMax: 200,
  modelBytesMax: 256 * 1024,
  /** Union in exclusion in intersection …, in one relation. */
  rewriteDepthMax: 32,
  conditionLengthMax: 4096,
  conditionParametersMax: 25,
  /** Loops within loops in one condition: each multiplies the steps. */
  conditionLoopDepthMax: 2,
  /** Steps of one evaluation of a condition: rounds of a loop, and the size of what `+` makes. */
  conditionStepsMax: 10_000,
  contextBytesMax: 32 * 1024,
  contextDepthMax: 16,
  contextualTuplesMax: 100,
  tuplesPerWriteMax: 100,
  checksPerBatchMax: 50,
  pageSizeMax: 100,
  pageSizeDefault: 50,
  assertionsMax: 100,
  userFiltersMax: 1,
  listResultsMax: 1000,
  /** What a streamed list may hold: it is put together at once, so that it shows one state. */
  streamedResultsMax: 100_000,
  /** Objects and relations that one check may look at. About 20 ms. */
  checkStepsMax: 200_000,
  /** Steps that listing may take, in looking for candidates and again in checking them. Below a second. */
  listStepsMax: 2_000_000,
  /** Relations that depend on each other through intersection and exclusion, one inside the other. */
  checkDepthMax: 100,
  /** Edges from a subject that are looked through for its groups; beyond, groups are searched from the object's side. */
  membershipScanMax: 10_000,
  /** Stores held in memory by one process; the least recently used one makes room. */
  storesLoadedMax: 1_000,
  modelsCompiledMax: 50,
  /** Tuples of a store that is held in memory, about 60 bytes each. Larger ones are asked in the database, part by part. */
  tuplesInMemoryMax: 20_000_000,
  /** Tuples that one question to a large store may read, and how often it may go back for more: once for each hop. */
  tuplesReadMax: 200_000,
  readsMax: 100,
} as const;
