#include "support/fake_proc.h"

namespace threadecho::test {
namespace {

namespace fs = std::filesystem;

}  // namespace

FakeProc::FakeProc() {
  for (const char* file : {"threadecho", "other", "network", "other-network"}) {
    directory_.write(file, file);
  }
  add(kSelf, 0, {"threadecho", "healthcheck"});
  fs::create_symlink(std::to_string(kSelf), path() / "self");
}

void FakeProc::add(int pid, int parent, const std::vector<std::string>& arguments, Program program, char state) const {
  const std::string name = "proc/" + std::to_string(pid);
  std::string text;
  for (const std::string& argument : arguments) {
    text.append(argument).push_back('\0');
  }
  directory_.write(name + "/cmdline", text);
  directory_.write(name + "/stat",
                   std::to_string(pid) + " (a) 1 Z (b) " + state + ' ' + std::to_string(parent) + " 1 1");
  link(pid, "exe", program == Program::kThreadecho ? "threadecho" : "other");
  link(pid, "ns/net", "network");
}

void FakeProc::move_to_another_network(int pid) const { link(pid, "ns/net", "other-network"); }

void FakeProc::link(int pid, const std::string& name, const std::string& file) const {
  const fs::path place = path() / std::to_string(pid) / name;
  fs::create_directories(place.parent_path());
  fs::remove(place);
  fs::create_symlink(directory_.path() / file, place);
}

}  // namespace threadecho::test
