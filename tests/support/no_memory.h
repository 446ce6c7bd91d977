#pragma once

namespace threadecho::test {

/// As long as it lives, the thread that made it gets nothing from `new`.
class NoMemory {
 public:
  NoMemory();
  ~NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
};

}  // namespace threadecho::test
