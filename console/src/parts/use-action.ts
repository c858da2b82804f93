import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { AdminError } from '../api/admin.ts';
import type { PendingAction } from '../session/after-sign-in.ts';
import { wantsProof } from '../session/session.ts';
import { useStepUp } from '../shell/step-up.tsx';
import { tell, tellProblem } from './tell.tsx';

export interface ActionOptions<Input, Answer> {
  run: (input: Input) => Promise<Answer>;
  /** What is said when it is done. */
  done?: (input: Input, answer: Answer) => string;
  /** How it is taken back, where that can be. */
  undo?: (input: Input, answer: Answer) => Promise<unknown>;
  /** Shows the outcome before the server has answered; gives what takes it back if the server refuses. */
  optimistic?: (input: Input, queries: QueryClient) => () => void;
  /** What to go on with after a fresh sign-in, for what is sensitive. */
  interrupted?: (input: Input) => Omit<PendingAction, 'at'>;
  onDone?: (answer: Answer, input: Input) => void;
  /** A form shows what was refused at its fields. Left out: it is told aside. */
  onRefused?: (error: AdminError) => void;
}

/** Something that changes: everything that is shown is read anew afterwards, refusals are told, proofs are asked for. */
export function useAction<Input = void, Answer = unknown>(options: ActionOptions<Input, Answer>) {
  const queries = useQueryClient();
  const stepUp = useStepUp();
  return useMutation<Answer, Error, Input, (() => void) | undefined>({
    mutationFn: options.run,
    onMutate: (input) => options.optimistic?.(input, queries),
    onError: (error, input, rollBack) => {
      rollBack?.();
      if (wantsProof(error)) stepUp(options.interrupted?.(input));
      else if (error instanceof AdminError && options.onRefused !== undefined) options.onRefused(error);
      else tellProblem(error);
    },
    onSuccess: (answer, input) => {
      const { undo } = options;
      const said = options.done?.(input, answer);
      const takeBack = undo && (() => undo(input, answer).then(() => queries.invalidateQueries(), tellProblem));
      if (said !== undefined) tell(said, takeBack === undefined ? {} : { undo: () => void takeBack() });
      options.onDone?.(answer, input);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
