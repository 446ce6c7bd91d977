#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::cli {

/// How many typing errors lie between two texts: characters inserted, removed, replaced, or swapped with a neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "; did you mean --count?", or an empty text if none of `known` is close to `given`. For flags and commands: the
/// nearest name within one typing error (two for names of 6 letters or more), or else a name that begins with `given`.
std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& known);

/// The one of `settings` that a variable's name was probably meant to be, or an empty text. Strict, because an
/// environment is full of names that are none of ours: the first letter must be right, and a name with a digit in it is
/// never a typing error, because no setting has one (HTTP2_PORT). Otherwise:
/// - the same letters in another case, or with '-' for '_' (names of 8 and more characters);
/// - one typing error in names of 8 to 11 characters (LOGLEVEL), two in longer ones (MAX_CONECTION), of which a word of
///   up to 5 letters may have one;
/// - a shortened word that keeps its first and last letter and at least three (LOG_LVL, MAX_CONNS);
/// - in shorter names, which are close to many words (PORT: POST, SORT), two letters swapped (PROT).
/// A list in the source excludes names of other programs that are as close (HTTPS_PORT).
std::string_view likely_variable(std::string_view name, const std::vector<std::string_view>& settings);

}  // namespace threadecho::cli
