#include "commands/candidates.h"

#include <algorithm>
#include <ostream>
#include <sstream>
#include <string_view>

#include "cli/commands.h"
#include "cli/manual.h"
#include "commands/command_table.h"

namespace threadecho::commands {
namespace {

using Words = std::vector<std::string>;

Offer all_commands() {
  Offer offer;
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    offer.words.push_back({std::string(command.name), std::string(command.meaning)});
  }
  return offer;
}

/// The words, each behind `prefix`.
Offer offer_of(const cli::Candidates& candidates, const std::string& prefix = {}) {
  Offer offer{.words = {}, .files = candidates.files && prefix.empty()};
  for (const std::string& word : candidates.words) {
    offer.words.push_back({prefix + word, {}});
  }
  return offer;
}

/// What an operand may be, from its name in the command's line of --help: "add|list|clear", "FILE...", "[COMMAND]".
Offer offer_of_operand(std::string_view arguments) {
  if (arguments.starts_with("FILE")) {
    return {.words = {}, .files = true};
  }
  if (arguments == "[COMMAND]") {
    return all_commands();
  }
  cli::Candidates words;
  std::istringstream stream{std::string(arguments)};
  for (std::string word; std::getline(stream, word, '|');) {
    words.words.push_back(word);
  }
  return words.words.size() > 1 ? offer_of(words) : Offer{};
}

/// The arguments of one command before the word that is completed.
class Given {
 public:
  Given(const Words& words, const cli::Manual& manual) : options_(manual.options) {
    options_.insert(options_.end(), manual.other_options.begin(), manual.other_options.end());
    for (const std::string& word : words) {
      add(word);
    }
  }

  /// The flag that waits for its value, or null.
  [[nodiscard]] const cli::Option* waiting() const { return waiting_; }
  [[nodiscard]] const Words& operands() const { return operands_; }
  [[nodiscard]] bool takes_flags() const { return takes_flags_; }

  [[nodiscard]] const cli::Option* option(std::string_view flag) const {
    const auto found = std::ranges::find(options_, flag, &cli::Option::flag);
    return found == options_.end() ? nullptr : &*found;
  }

  [[nodiscard]] Offer flags() const {
    Offer offer;
    for (const cli::Option& option : options_) {
      if (option.may_repeat || std::ranges::find(flags_, option.flag) == flags_.end()) {
        offer.words.push_back({option.flag, option.meaning});
      }
    }
    offer.words.push_back({"--help", "print the help"});
    return offer;
  }

 private:
  void add(const std::string& word) {
    if (waiting_ != nullptr) {
      waiting_ = word == "=" ? waiting_ : nullptr;  // bash: --flag, =, value
    } else if (!takes_flags_ || !word.starts_with("-")) {
      operands_.push_back(word);
    } else if (word == "--") {
      takes_flags_ = false;
    } else {
      const std::string flag = word.substr(0, word.find('='));
      flags_.push_back(flag);
      const cli::Option* const found = option(flag);
      waiting_ = found != nullptr && !found->value.empty() && flag == word ? found : nullptr;
    }
  }

  std::vector<cli::Option> options_;
  Words flags_;
  Words operands_;
  const cli::Option* waiting_ = nullptr;
  bool takes_flags_ = true;
};

Offer next_operand(const Command& command, const cli::Manual& manual, const Given& given) {
  const auto summary = std::ranges::find(cli::command_summaries(), command.name, &cli::CommandSummary::name);
  const Words& operands = given.operands();
  const auto next = operands.empty() ? manual.after_operand.end() : manual.after_operand.find(operands.back());
  Offer offer;
  if (next != manual.after_operand.end()) {
    offer = offer_of({.words = next->second});
  } else if (operands.empty() || summary->arguments.ends_with("...")) {
    offer = offer_of_operand(summary->arguments);
  }
  return offer.words.empty() && !offer.files ? given.flags() : offer;
}

Offer offers(const Command& command, const Words& before, const std::string& typed) {
  const cli::Manual manual = command.manual();
  const Given given(before, manual);
  if (given.waiting() != nullptr) {
    return offer_of(given.waiting()->candidates);
  }
  if (given.takes_flags() && typed.starts_with("-")) {
    const std::size_t equals = typed.find('=');
    if (equals == std::string::npos) {
      return given.flags();
    }
    const cli::Option* const option = given.option(std::string_view(typed).substr(0, equals));
    return option == nullptr ? Offer{} : offer_of(option->candidates, typed.substr(0, equals + 1));
  }
  return next_operand(command, manual, given);
}

}  // namespace

Offer candidates_for(const Words& words) {
  if (words.empty()) {
    return {};
  }
  Words before(words.begin(), words.end() - 1);
  std::string typed = words.back();
  if (typed == "=" && !before.empty()) {  // bash: the value behind it is still empty
    typed.clear();
  }
  const Command* const named = before.empty() ? nullptr : find_command(before.front());
  Offer offer;
  if (before.empty() && !typed.starts_with("-")) {
    offer = all_commands();
  } else if (named != nullptr) {
    offer = offers(*named, {before.begin() + 1, before.end()}, typed);
  } else {
    offer = offers(command_table().front(), before, typed);
  }
  std::erase_if(offer.words, [&](const Candidate& candidate) { return !candidate.word.starts_with(typed); });
  return offer;
}

void print_candidates(std::ostream& out, const Offer& offer) {
  for (const Candidate& candidate : offer.words) {
    out << candidate.word << '\t' << candidate.meaning << '\n';
  }
  if (offer.files) {
    out << ":files\n";
  }
}

}  // namespace threadecho::commands
