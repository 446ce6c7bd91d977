#include "admin/version.h"

#include <spdlog/version.h>
#include <CLI/Version.hpp>
#include <boost/beast/version.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "build_info.h"

namespace threadecho::admin {
namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

http::Response version_response(const host::Pod& pod) {
  const BuildInfo build = build_info();
  // prometheus-cpp has no version in its headers.
  nlohmann::ordered_json object = {
      {"version", build.version},
      {"revision", build.revision},
      {"compiler", build.compiler},
      {"libraries",
       {{"boost", dotted(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
        {"boost.beast", std::to_string(BOOST_BEAST_VERSION)},
        {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
        {"nlohmann-json",
         dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
        {"CLI11", CLI11_VERSION}}}};
  if (pod.is_known()) {
    object["pod"] = {{"name", pod.name}, {"namespace", pod.name_space}, {"node", pod.node}};
  }
  return http::json_response(object);
}

}  // namespace threadecho::admin
