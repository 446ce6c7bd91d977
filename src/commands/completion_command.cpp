#include "commands/completion_command.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <utility>

#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/run_command.h"
#include "commands/candidates.h"
#include "text/escape.h"

namespace threadecho::commands {
namespace {

using Script = std::pair<std::string_view, std::string_view>;

// Each asks the program for one candidate a line: the word, a tab, and what it means. ":files" stands for all files.
constexpr std::array kScripts = {
    Script{"bash", R"(# bash completion for threadecho
_threadecho() {
    local line program=$1
    [[ $program != '~'* ]] || program=$HOME${program#'~'}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o default  # readline's own names of files
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done < <("$program" completion candidates "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _threadecho threadecho
)"},
    Script{"zsh", R"(#compdef threadecho
_threadecho() {
    local line program=${(Q)words[1]}
    local -a described
    [[ $program != '~'* ]] || program=$HOME${program#'~'}
    for line in "${(@f)$("$program" completion candidates "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            _files
        elif [[ -n $line ]]; then
            described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        fi
    done
    (( $#described )) && _describe threadecho described
}
if [[ $funcstack[1] == _threadecho ]]; then
    _threadecho "$@"
else
    compdef _threadecho threadecho
fi
)"},
    Script{"fish", R"(# fish completion for threadecho
function __threadecho_candidates
    set -l token (commandline -ct)
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    for line in ($program completion candidates $words[2..-1] "$token" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$token"
        else
            echo $line
        end
    end
end
complete -c threadecho -f -a '(__threadecho_candidates)'
)"},
};

constexpr std::string_view kUsage = R"(Usage: threadecho completion SHELL

Prints a script for SHELL (bash, zsh or fish) that completes commands, flags, their values and names of
files. The script asks the program, so it works with every version.

)";

constexpr std::string_view kEnd = R"(
Exit statuses:
  0      done
  2      wrong usage

Examples:
  source <(threadecho completion bash)
  threadecho completion zsh >/usr/local/share/zsh/site-functions/_threadecho
  threadecho completion fish >~/.config/fish/completions/threadecho.fish
)";

void print_script(const cli::Arguments& arguments) {
  if (arguments.operands.empty()) {
    throw cli::UsageError("SHELL is missing: bash, zsh or fish");
  }
  if (arguments.operands.size() > 1) {
    throw cli::UsageError("unexpected argument " + text::in_quotes(arguments.operands[1]));
  }
  const std::string& shell = arguments.operands.front();
  const std::string_view script = completion_script(shell);
  if (script.empty()) {
    throw cli::UsageError("no completion for " + text::in_quotes(shell) + "; there is one for bash, zsh and fish");
  }
  std::cout << script;
}

}  // namespace

std::string_view completion_script(std::string_view shell) {
  const auto* const found = std::ranges::find(kScripts, shell, &Script::first);
  return found == kScripts.end() ? std::string_view() : found->second;
}

int run_completion(int argc, const char* const* argv) {
  return cli::run_command("completion", [&] {
    if (argc > 2 && std::string_view(argv[1]) == "candidates") {  // the words are not arguments of this command
      print_candidates(std::cout, candidates_for({argv + 2, argv + argc}));
      return cli::kDone;
    }
    const cli::Arguments arguments = cli::parse({}, argc, argv);
    if (arguments.wants_help) {
      std::cout << cli::help_text(completion_manual(), cli::output_width());
      return cli::kDone;
    }
    print_script(arguments);
    return cli::kDone;
  });
}

cli::Manual completion_manual() { return {.before = std::string(kUsage), .options = {}, .after = std::string(kEnd)}; }

}  // namespace threadecho::commands
