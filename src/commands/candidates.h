#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace threadecho::commands {

/// A word that a shell may offer.
struct Candidate {
  std::string word;
  std::string meaning = {};  ///< one line; may be empty
};

struct Offer {
  std::vector<Candidate> words = {};
  bool files = false;  ///< names of files too
};

/// What may take the place of the last of `words`, which is what was typed of it. The words before it are the arguments
/// of the program; bash splits `--flag=value` into three.
Offer candidates_for(const std::vector<std::string>& words);

/// One a line, with a tab before the meaning; ":files" stands for all files.
void print_candidates(std::ostream& out, const Offer& offer);

}  // namespace threadecho::commands
