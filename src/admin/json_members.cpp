#include "admin/json_members.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "text/escape.h"

namespace threadecho::admin {
namespace {

using nlohmann::json;
using JsonMembers = std::vector<JsonMember>;

/// Collects the members that nlohmann's parser reports.
class MemberCollector final : public nlohmann::json_sax<json> {
 public:
  [[nodiscard]] JsonMembers take() { return std::move(members_); }
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  bool null() override { return add(JsonMember::Type::kOther, "null"); }
  bool boolean(bool value) override { return add(JsonMember::Type::kOther, value ? "true" : "false"); }
  bool number_integer(json::number_integer_t value) override {
    return add(JsonMember::Type::kNumber, std::to_string(value));
  }
  bool number_unsigned(json::number_unsigned_t value) override {
    return add(JsonMember::Type::kNumber, std::to_string(value));
  }
  bool number_float(json::number_float_t /*value*/, const std::string& text) override {
    return add(JsonMember::Type::kNumber, text);
  }
  bool string(std::string& value) override { return add(JsonMember::Type::kText, value); }
  bool binary(json::binary_t& /*value*/) override { return false; }
  bool key(std::string& name) override {
    if (depth_ == 1) {
      members_.push_back({.name = name});
    }
    return true;
  }
  bool start_object(std::size_t /*size*/) override {
    return depth_ == 0 ? ++depth_ > 0 : nest(JsonMember::Type::kOther);
  }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(std::size_t /*size*/) override { return nest(JsonMember::Type::kTexts); }
  bool end_array() override { return depth_-- > 0; }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow && !members_.empty()) {
      problem_ = text::in_quotes(members_.back().name) + ": the number is out of range";
      return false;
    }
    problem_ = "the body is not JSON: error at byte " + std::to_string(position);
    return false;
  }

 private:
  bool add(JsonMember::Type type, std::string value) {
    if (depth_ == 0) {
      return refuse();
    }
    JsonMember& member = members_.back();
    if (depth_ == 1) {
      member.type = type;
    } else if (depth_ > 2 || type != JsonMember::Type::kText) {
      member.type = JsonMember::Type::kOther;  // no list of texts
    }
    member.values.push_back(std::move(value));
    return true;
  }

  bool nest(JsonMember::Type type) {
    if (depth_ == 0) {
      return refuse();
    }
    members_.back().type = depth_ == 1 ? type : JsonMember::Type::kOther;
    ++depth_;
    return true;
  }

  bool refuse() {
    problem_ = "the body is not a JSON object";
    return false;
  }

  JsonMembers members_;
  std::string problem_;
  int depth_ = 0;
};

}  // namespace

text::Parsed<JsonMembers> parse_json_members(std::string_view text) {
  using Parsed = text::Parsed<JsonMembers>;
  MemberCollector collector;
  const bool is_read = json::sax_parse(text.begin(), text.end(), &collector);
  return is_read ? Parsed::good(collector.take()) : Parsed::bad(collector.problem());
}

}  // namespace threadecho::admin
