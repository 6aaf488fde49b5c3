// expect: bytes of type char or std::int8_t are to be passed as std::uint8_t.
#include "densenf/core/batch.hpp"

densenf::Index count(const densenf::Batch<std::int8_t>& x) { return densenf::view_batch(x, {3, 8, 8}).count; }
