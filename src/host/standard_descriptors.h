#pragma once

namespace threadecho::host {

/// Started with a standard descriptor closed, the next socket would take its number, and whoever writes to standard
/// error would write to a client.
void occupy_standard_descriptors();

}  // namespace threadecho::host
