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

/// What a shell may offer for the last of `words`, which the user has typed in part. The words before it are the
/// arguments of the program; bash splits `--flag=value` into three words.
Offer candidates_for(const std::vector<std::string>& words);

/// One a line, with a tab before the meaning; ":files" stands for all files.
void print_candidates(std::ostream& out, const Offer& offer);

}  // namespace threadecho::commands
