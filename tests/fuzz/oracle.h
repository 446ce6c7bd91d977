#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

/// What libFuzzer and replay.cpp call with each input. Returns 0, or does not return.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace threadecho::fuzz {

/// What must hold of every input. A fuzzer keeps the input that ends the process here.
inline void demand(bool holds, std::string_view what) {
  if (!holds) {
    std::fprintf(stderr, "not so: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
  }
}

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline bool is_printable(std::string_view text) {
  for (const char character : text) {
    if (character < ' ' || character > '~') {
      return false;
    }
  }
  return true;
}

/// Nothing in UTF-8 text that a terminal would take for an order: neither ASCII's control characters nor U+0080 to
/// U+009F.
inline bool has_no_controls(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte < ' ' || byte == 0x7F || is_c1) {
      return false;
    }
  }
  return true;
}

/// Takes decisions out of an input, from its front. Once it is used up, every byte is 0.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) {
      return 0;
    }
    const std::uint8_t taken = rest_.front();
    rest_ = rest_.subspan(1);
    return taken;
  }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace threadecho::fuzz
