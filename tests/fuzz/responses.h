#pragma once

#include <charconv>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "oracle.h"

namespace threadecho::fuzz {

/// An answer as a strict client sees it, less its date.
struct Answer {
  std::string status;  ///< "HTTP/1.1 200 OK"
  std::map<std::string, std::string> fields;
  std::string body;
  bool is_cut_to_head = false;  ///< a length is announced, and nothing follows

  bool operator==(const Answer&) const = default;
};

inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  demand(end != std::string_view::npos, "a line of an answer ends");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  demand(is_printable(line), "an answer's header is printable");
  return line;
}

inline void judge(const Answer& answer) {
  static const std::map<std::string, std::string, std::less<>> always = {
      {"Server", "threadecho"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  for (const auto& [name, value] : always) {
    demand(answer.fields.contains(name) && answer.fields.at(name) == value, "an answer has the usual fields");
  }
  const std::string_view code = std::string_view(answer.status).substr(9, 3);
  demand(answer.status.starts_with("HTTP/1.1 ") || answer.status.starts_with("HTTP/1.0 "), "an answer is HTTP/1");
  demand(std::string_view("200 400 404 405 413 431 501 503 505").find(code) != std::string_view::npos,
         "a status is documented");
  demand(answer.fields.contains("Allow") == (code == "405"), "405 says what is allowed, and nothing else does");
  static const std::set<std::string, std::less<>> sometimes = {"Content-Type", "Content-Length", "Connection", "Allow",
                                                               "Content-Security-Policy"};
  for (const auto& [name, value] : answer.fields) {
    demand(always.contains(name) || sometimes.contains(name), "nothing of a request becomes a field");
  }
  if (!answer.is_cut_to_head && answer.fields.at("Content-Type") == "application/json") {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    demand(body.is_object(), "JSON can be read");
    demand(code == "200" || !body.value("error", "").empty(), "an error says what is wrong");
  }
}

inline Answer take_answer(std::string_view& text) {
  Answer answer;
  answer.status = take_line(text);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(": ");
    demand(colon != std::string_view::npos, "a field has a name");
    const bool is_new = answer.fields.emplace(line.substr(0, colon), line.substr(colon + 2)).second;
    demand(is_new, "a field stands once");
  }
  demand(answer.fields.erase("Date") == 1, "an answer has a date");
  const std::string& announced = answer.fields["Content-Length"];
  std::size_t length = 0;
  std::from_chars(announced.data(), announced.data() + announced.size(), length);
  demand(std::to_string(length) == announced, "an answer has a length");
  answer.is_cut_to_head = length > 0 && (text.empty() || text.starts_with("HTTP/1."));
  if (!answer.is_cut_to_head) {
    demand(text.size() >= length, "an answer is as long as it says");
    answer.body = text.substr(0, length);
    text.remove_prefix(length);
  }
  judge(answer);
  return answer;
}

/// All of what a client received. Which of several faults a request that cannot be read is refused for may depend on
/// how much of it had come, so all such refusals look the same here.
inline std::vector<Answer> read_answers(std::string_view text) {
  std::vector<Answer> answers;
  while (!text.empty()) {
    answers.push_back(take_answer(text));
    const std::string& status = answers.back().status;
    const auto& fields = answers.back().fields;
    const auto connection = fields.find("Connection");
    const bool is_last = connection == fields.end() ? status.starts_with("HTTP/1.0") : connection->second == "close";
    demand(!is_last || text.empty(), "nothing follows the last answer");
    const std::string_view code = std::string_view(status).substr(9, 3);
    if (is_last && (code == "400" || code == "431")) {
      answers.back() = Answer{.status = "refused", .fields = {}, .body = {}};
    }
  }
  return answers;
}

}  // namespace threadecho::fuzz
