// Writes what cmake --install takes beside the program: man1/*.1, and a script of completion for each shell.
// Usage: man_pages FOLDER TEXTS DATE
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "build_info.h"
#include "cli/commands.h"
#include "commands/command_table.h"
#include "commands/completion_command.h"
#include "man/man_page.h"

namespace threadecho {
namespace {

using std::filesystem::path;

const std::string kProgram = "threadecho";

void write(const path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  if (!(out << text).flush()) {
    throw std::runtime_error("cannot write " + file.string());
  }
}

/// The sections of a page that are written by hand; empty if there are none.
std::string text_of(const path& texts, const std::string& page) {
  std::ifstream in(texts / (page + ".txt"), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string page_of(std::string_view command) { return kProgram + "-" + std::string(command); }

/// Every other page.
std::vector<std::string> see_also(const std::string& page) {
  std::vector<std::string> pages;
  if (page != kProgram) {
    pages.push_back(kProgram);
  }
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    if (page_of(command.name) != page) {
      pages.push_back(page_of(command.name));
    }
  }
  return pages;
}

/// Of the program as a whole: the commands. All else is written by hand.
cli::Manual overview(std::string text) {
  text += "\nCOMMANDS\n";
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    text.append("  ").append(page_of(command.name)).append("(1)  ").append(command.meaning).append("\n");
  }
  return {.before = "Usage: threadecho COMMAND [ARGUMENTS]\n       threadecho [serve] [--flag VALUE]...\n\n" + text,
          .options = {}};
}

void write_all(const path& folder, const path& texts, const std::string& date) {
  std::filesystem::create_directories(folder / "man1");
  const std::string version(build_info().version);
  const auto write_page = [&](const std::string& page, std::string_view summary, const cli::Manual& manual,
                              std::string_view more) {
    const man::PageHead head{.name = page, .summary = std::string(summary), .version = version, .date = date};
    write(folder / "man1" / (page + ".1"), man::man_page(head, manual, more, see_also(page)));
  };
  write_page(kProgram, "TCP echo server and clients that check every byte", overview(text_of(texts, kProgram)), "");
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    const std::string page = page_of(command.name);
    write_page(page, command.meaning, commands::find_command(command.name)->manual(), text_of(texts, page));
  }
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    write(folder / (kProgram + "." + shell), commands::completion_script(shell));
  }
}

}  // namespace
}  // namespace threadecho

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "Usage: man_pages FOLDER TEXTS DATE\n";
    return 2;
  }
  try {
    threadecho::write_all(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "man_pages: " << error.what() << '\n';
    return 1;
  }
}
