#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/io/npy.hpp"
#include "densenf/io/write_zip.hpp"
#include "densenf/io/zip_member.hpp"
#include "densenf/metrics/moments.hpp"

// Moments in the files that programs for FID exchange: .npz files with the arrays 'mu' and 'sigma'.
namespace densenf {

/// The most features of moments that are read; a covariance of these takes 2 GiB.
inline constexpr Index most_features_read = Index{1} << 14;

namespace detail {

/// An array of an .npz file, which may have `most` numbers. Throws FileError for another.
inline Table<double> read_npz_array(const std::filesystem::path& path, const std::string& name, Index most) {
  std::optional<ZipMember> member = ZipMember::find(path, name + ".npy");
  if (!member)
    throw FileError(
        "File '{}' has no array '{}': statistics for FID have a mean 'mu' and a covariance 'sigma'.",
        path.string(), name);
  constexpr std::uint64_t header = 1 << 16, of_a_number = sizeof(double);
  const std::vector<std::byte> bytes =
      read_all(std::move(*member), header + of_a_number * static_cast<std::uint64_t>(most));
  return parse_npy<double>(bytes, fmt::format("{}/{}.npy", path.string(), name));
}

}  // namespace detail

/// Reads moments from an .npz file of NumPy's savez or savez_compressed with the arrays 'mu', d numbers, and
/// 'sigma', d x d, as the usual programs for FID publish and write them; float64 or float32. Throws FileError
/// when it is missing, damaged or not of this kind, and as require_moments does.
inline Moments load_moments(const std::filesystem::path& path) {
  const Table<double> mu = detail::read_npz_array(path, "mu", most_features_read);
  const Index d = mu.rows();
  if (mu.columns() != 1 || d < 1 || d > most_features_read) {
    throw FileError("The array 'mu' of file '{}' should be a vector of 1 to {} numbers, but is {} x {}.",
                    path.string(), most_features_read, d, mu.columns());
  }
  const Table<double> sigma = detail::read_npz_array(path, "sigma", d * d);
  if (sigma.rows() != d || sigma.columns() != d) {
    throw FileError("The array 'sigma' of file '{}' should be {} x {}, as its 'mu' is long, but is {} x {}.",
                    path.string(), d, d, sigma.rows(), sigma.columns());
  }
  Moments m{Eigen::Map<const Eigen::VectorXd>(mu.values.data(), d),
            Eigen::Map<const FeatureRows>(sigma.values.data(), d, d)};
  require_moments(m, fmt::format("File '{}'", path.string()));
  return m;
}

/// Writes moments as load_moments and NumPy read them, in float64: a whole file or none. Throws FileError
/// when it cannot be written, and as require_moments does.
inline void save_moments(const std::filesystem::path& path, const Moments& m) {
  require_moments(m, "Moments to be saved");
  const Index d = m.mean.size();
  const auto array = [](const std::string& shape, const double* numbers, Index count) {
    const auto bytes = std::as_bytes(std::span(numbers, static_cast<std::size_t>(count)));
    std::string text = detail::npy_preamble<double>(shape);
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return text;
  };
  const FeatureRows covariance = m.covariance;
  const std::vector<ZipContents> members{
      {"mu.npy", array(fmt::format("({},)", d), m.mean.data(), d)},
      {"sigma.npy", array(fmt::format("({}, {})", d, d), covariance.data(), d * d)}};
  write_zip(path, members);
}

}  // namespace densenf
