import type { Command } from 'commander';

type Write = (words: ReadonlyMap<string, readonly string[]>) => string;

const SCRIPTS: Readonly<Record<string, Write>> = { bash: bashScript, zsh: zshScript, fish: fishScript };
export const COMPLETION_SHELLS = Object.keys(SCRIPTS);

/** A completion script made from the commands themselves: what can be typed after each of them. */
export function completionScript(program: Command, shell: string): string | undefined {
  return SCRIPTS[shell]?.(wordsByPath(program));
}

/** `""` → commands and options at the top, `keys` → its subcommands, `keys create` → its options. */
function wordsByPath(
  command: Command,
  path = '',
  found = new Map<string, readonly string[]>(),
): Map<string, readonly string[]> {
  const options = command.options.map(({ long }) => long).filter((name) => name !== undefined && name !== null);
  found.set(path, [...command.commands.map((child) => child.name()), ...options, '--help']);
  for (const child of command.commands)
    wordsByPath(child, path === '' ? child.name() : `${path} ${child.name()}`, found);
  return found;
}

function cases(words: ReadonlyMap<string, readonly string[]>): string {
  return [...words].map(([path, list]) => `    "${path}") words="${list.join(' ')}" ;;`).join('\n');
}

function bashScript(words: ReadonlyMap<string, readonly string[]>): string {
  return `# gatehouse completion for bash
_gatehouse() {
  local path="" word words="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [[ "$word" == -* ]] && break
    path="\${path:+$path }$word"
  done
  case "$path" in
${cases(words)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _gatehouse gatehouse`;
}

function zshScript(words: ReadonlyMap<string, readonly string[]>): string {
  return `#compdef gatehouse
_gatehouse() {
  local line="" word
  for word in \${words_[@]:-\${(@)words[2,CURRENT-1]}}; do
    [[ "$word" == -* ]] && break
    line="\${line:+$line }$word"
  done
  local list=""
  case "$line" in
${cases(words).replaceAll('words=', 'list=')}
  esac
  compadd -- \${=list} || _files
}
compdef _gatehouse gatehouse`;
}

function fishScript(words: ReadonlyMap<string, readonly string[]>): string {
  const rows = [...words].flatMap(([path, list]) => {
    const seen = path.split(' ').filter((part) => part !== '');
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
    return list.map(
      (word) =>
        `complete -c gatehouse -f -n '${condition}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}`,
    );
  });
  return `# gatehouse completion for fish\n${rows.join('\n')}`;
}
