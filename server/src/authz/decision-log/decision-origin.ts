/** Under which id a decision is remembered, and who asked for it. */
export interface DecisionOrigin {
  decisionId: string;
  source: 'gateway' | 'decision_api';
}
