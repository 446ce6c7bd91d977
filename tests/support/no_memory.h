#pragma once

namespace threadecho::test {

/// While it lives, the thread that made it gets no memory from `new`.
class NoMemory {
 public:
  NoMemory();
  ~NoMemory();
  NoMemory(const NoMemory&) = delete;
  NoMemory& operator=(const NoMemory&) = delete;
};

/// While it lives, one allocation fails: the `number`-th (from 1) of those that other threads than its maker's make.
class FailingAllocation {
 public:
  explicit FailingAllocation(int number);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  [[nodiscard]] bool has_failed() const;
};

}  // namespace threadecho::test
