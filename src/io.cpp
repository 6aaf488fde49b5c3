// Reading and writing safetensors files: what of it needs a library of JSON, and the many pairs of number
// formats.

#include "densenf/io/safetensors_json.hpp"
#include "densenf/io/safetensors_values.hpp"

namespace densenf {

template void SafetensorsFile::read_into(std::string_view, std::span<float>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<double>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<signed char>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<unsigned char>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<short>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<unsigned short>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<int>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<unsigned>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<long>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<unsigned long>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<long long>) const;
template void SafetensorsFile::read_into(std::string_view, std::span<unsigned long long>) const;

}  // namespace densenf
