#include "instances.hpp"

template class std::basic_string<char>;
template class std::vector<bool>;
template class std::vector<char>;
template class std::vector<std::uint8_t>;
template class std::vector<int>;
template class std::vector<std::int64_t>;
template class std::vector<float>;
template class std::vector<double>;
template class std::vector<std::string>;
template class std::vector<std::vector<float>>;
template class std::vector<std::vector<double>>;
template class std::vector<densenf::Param>;
template class std::vector<densenf::ParamSpec>;
template class std::vector<densenf::DataStart>;
template class std::vector<densenf::InvertibleMatrix>;
template class std::vector<densenf::Batch<float>>;
template class std::vector<densenf::Batch<double>>;
