#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "log/line.h"
#include "log/setup.h"
#include "net/fd.h"
#include "oracle.h"

/// Payloads and texts in log lines: whatever a client sends, a line is one line, printable, bounded, and says what was
/// there: the escapes of a text line and the members of a JSON line read back as what went in.

namespace {

using namespace threadecho;
using fuzz::demand;

constexpr std::string_view kEscapes = "nrt\\\"";
constexpr std::string_view kEscaped = "\n\r\t\\\"";

/// The bytes that `text` stands for; nothing when an escape is wrong.
std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    std::size_t taken = 1;
    char byte = text[0];
    if (byte == '"') {
      return std::nullopt;
    }
    if (byte == '\\') {
      const std::size_t known = text.size() > 1 ? kEscapes.find(text[1]) : std::string_view::npos;
      taken = known == std::string_view::npos ? 4 : 2;
      if (taken > text.size() || (taken == 4 && text[1] != 'x')) {
        return std::nullopt;
      }
      byte = taken == 2 ? kEscaped[known] : static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16));
    }
    bytes += byte;
    text.remove_prefix(taken);
  }
  return bytes;
}

void try_preview(std::string_view preview, std::string_view payload) {
  const std::string_view head = payload.substr(0, log::kMaxPreviewBytes);
  const std::string count = std::to_string(payload.size());
  const std::string behind = std::string(head.size() < payload.size() ? "... (" : " (").append(count).append(" bytes)");
  demand(preview.ends_with(behind), "a preview says how many bytes there are");
  demand(fuzz::is_printable(preview), "a preview is printable");
  preview.remove_suffix(behind.size());
  demand(unescaped(preview) == head, "a preview shows the first bytes and no others");
}

/// The value of the field `key`, which is the line's last one, without its quotes.
std::string_view last_value(std::string_view line, std::string_view key) {
  const std::string start = std::string(" ").append(key).append("=");
  const std::size_t at = line.find(start);
  demand(at != std::string_view::npos, "a line has its fields");
  std::string_view value = line.substr(at + start.size());
  if (value.starts_with('"')) {
    demand(value.size() > 1 && value.ends_with('"'), "quotes are closed");
    return value.substr(1, value.size() - 2);
  }
  demand(value.find_first_of(" =\"\\") == std::string_view::npos, "a value that would not read as one is quoted");
  return value;
}

void try_text_line(std::string_view text, std::span<const std::byte> payload) {
  const auto with_payload = log::text_body("received", {{"bytes", payload.size()}, {"payload", payload}});
  demand(with_payload.size() <= log::kMaxBodyBytes && fuzz::is_printable(with_payload), "a line is bounded, printable");
  try_preview(last_value(with_payload, "payload"), text);

  const auto with_text = log::text_body("event", {{"text", text}});
  demand(with_text.size() <= log::kMaxBodyBytes && fuzz::is_printable(with_text), "a line is bounded, printable");
  const auto value = unescaped(last_value(with_text, "text"));
  demand(value.has_value(), "escapes can be read");
  const bool cut = *value != text;
  demand(!cut || (value->ends_with("...") && text.starts_with(std::string_view(*value).substr(0, value->size() - 3)) &&
                  text.size() * 4 > log::kMaxBodyBytes / 2),
         "a text stands whole, or cut when it is long");
}

void try_json_line(std::string_view text, std::span<const std::byte> payload) {
  const std::string body = log::json_body(text, {{"text", text}, {"payload", payload}, {"n", -1}});
  demand(body.size() <= log::kMaxBodyBytes, "a JSON line is bounded");
  const auto line = nlohmann::json::parse(std::string("{").append(body).append("}"), nullptr, false);
  demand(line.is_object() && line.size() == 4 && line.at("n") == -1, "a JSON line is an object with its members");
  demand(line.at("payload") == log::payload_preview(payload), "a payload is shown as in text");
  if (text.size() < log::kMaxPreviewBytes && fuzz::is_printable(text)) {
    demand(line.at("text") == text && line.at("message") == text, "plain text stands as it is");
  }
}

/// What a program with such a logger puts on its standard output.
class Output {
 public:
  explicit Output(log::LogFormat format) : logger_(log::make_logger(log::LogLevel::kTrace, format, open())) {}

  void try_line(std::string_view event, std::span<const std::byte> payload) {
    logger_.trace(event, {{"payload", payload}});
    std::array<char, 2 * log::kMaxLineBytes> buffer;
    const ssize_t got = ::read(reading_.get(), buffer.data(), buffer.size());
    demand(got > 0 && static_cast<std::size_t>(got) <= log::kMaxLineBytes, "a line is written, and bounded");
    const std::string_view line(buffer.data(), static_cast<std::size_t>(got));
    demand(line.find('\n') == line.size() - 1, "a line is one line");
    demand(line.find_first_of(std::string_view("\r\0\x1b", 3)) == std::string_view::npos,
           "no terminal is told anything");
  }

 private:
  std::shared_ptr<log::StdoutSink> open() {
    std::array<int, 2> ends{};
    demand(::pipe2(ends.data(), O_CLOEXEC) == 0, "there is a pipe");
    reading_ = net::Fd(ends[0]);
    const net::Fd writing(ends[1]);
    return std::make_shared<log::StdoutSink>(writing.get());
  }

  net::Fd reading_;  // before logger_, whose making fills it
  log::Logger logger_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text({data, size});
  const auto payload = std::as_bytes(std::span(data, size));
  try_preview(log::payload_preview(payload), text);
  try_text_line(text, payload);
  try_json_line(text, payload);
  for (const log::LogFormat format : {log::LogFormat::kText, log::LogFormat::kJson}) {
    Output(format).try_line(text, payload);
  }
  return 0;
}
