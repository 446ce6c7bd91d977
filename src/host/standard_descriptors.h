#pragma once

namespace threadecho::host {

/// Opens /dev/null in place of each standard descriptor that is closed: else the next socket would take its number, and
/// a line for standard error would go to a client. A result for a standard output that was closed is lost, so writing
/// there goes on to fail.
void occupy_standard_descriptors();

}  // namespace threadecho::host
