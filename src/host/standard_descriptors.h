#pragma once

namespace threadecho::host {

/// Opens /dev/null in place of each standard descriptor that is closed: else the next socket would take its number, and
/// a line for standard error would go to a client. Writing to a standard output that was closed still fails, so that no
/// result is lost in silence.
void occupy_standard_descriptors();

}  // namespace threadecho::host
