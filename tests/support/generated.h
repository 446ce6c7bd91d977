#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// Inputs that look random and are the same in every run. A failure message must contain the seed.
class Generated {
 public:
  static constexpr std::uint64_t kSeed = 20261122;

  /// 0 to `limit` - 1; `limit` is at least 1.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  /// A number of up to 64 bits; every number of bits is equally likely.
  std::uint64_t of_any_size() { return engine_() >> below(64); }
  bool one_in(std::uint64_t times) { return below(times) == 0; }

  template <typename T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  /// Up to `most` bytes out of `alphabet`.
  std::string text(std::string_view alphabet, std::size_t most) {
    std::string result(below(most + 1), '\0');
    std::ranges::generate(result, [&] { return alphabet[below(alphabet.size())]; });
    return result;
  }

  /// `text` with one to three bytes inserted, removed or replaced.
  std::string mutated(std::string text, std::string_view alphabet) {
    for (std::uint64_t left = 1 + below(3); left > 0; --left) {
      const std::size_t at = below(text.size() + 1);
      text.erase(at, below(2));
      text.insert(std::min(at, text.size()), below(2), alphabet[below(alphabet.size())]);
    }
    return text;
  }

 private:
  std::mt19937_64 engine_{kSeed};
};

}  // namespace threadecho::test
