// What parse_dotenv makes of many files, for tests/dotenv/compare.py. Standard input: a line of JSON with the
// environment as an object, then a line for each file, its bytes in hexadecimal. Standard output: a line of JSON for
// each file, {"values": {name: text or null}, "problems": [line, ...]}.
#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "config/dotenv/dotenv.h"
#include "host/environment.h"

namespace {

using threadecho::config::Dotenv;
using threadecho::host::Environment;

std::string from_hexadecimal(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned char byte = 0;
    const std::string_view digits = text.substr(i, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (error != std::errc{} || end != digits.data() + 2) {
      throw std::invalid_argument("not hexadecimal");
    }
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

nlohmann::ordered_json to_json(const Dotenv& file) {
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const auto& [name, entry] : file.values) {
    values[name] = entry.value ? nlohmann::ordered_json(*entry.value) : nlohmann::ordered_json();
  }
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const auto& problem : file.problems) {
    lines.push_back(problem.line);
  }
  return {{"values", std::move(values)}, {"problems", std::move(lines)}};
}

void answer_all() {
  std::string line;
  std::getline(std::cin, line);
  const auto environment = nlohmann::json::parse(line).get<Environment>();
  while (std::getline(std::cin, line)) {
    std::cout << to_json(threadecho::config::parse_dotenv(from_hexadecimal(line), environment)).dump() << '\n';
  }
}

}  // namespace

int main() {
  try {
    answer_all();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
