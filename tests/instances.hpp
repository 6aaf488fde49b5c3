#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/core/parameters.hpp"

// What nearly every test has of the standard library, and would have a copy of every function of, where it is
// not optimized: an eighth of those of a golden test. They are in instances.cpp instead.
extern template class std::basic_string<char>;
extern template class std::vector<bool>;
extern template class std::vector<char>;
extern template class std::vector<std::uint8_t>;
extern template class std::vector<int>;
extern template class std::vector<std::int64_t>;
extern template class std::vector<float>;
extern template class std::vector<double>;
extern template class std::vector<std::string>;
extern template class std::vector<std::vector<float>>;
extern template class std::vector<std::vector<double>>;
extern template class std::vector<densenf::Param>;
extern template class std::vector<densenf::ParamSpec>;
extern template class std::vector<densenf::DataStart>;
extern template class std::vector<densenf::InvertibleMatrix>;
extern template class std::vector<densenf::Batch<float>>;
extern template class std::vector<densenf::Batch<double>>;
