# OpenCV's networks as Debian has them come without a CMake package. Gives OpenCVDnn::dnn.
find_path(OpenCVDnn_INCLUDE_DIR opencv2/dnn.hpp PATH_SUFFIXES opencv4)
find_library(OpenCVDnn_LIBRARY opencv_dnn)
find_library(OpenCVDnn_core_LIBRARY opencv_core)
mark_as_advanced(OpenCVDnn_INCLUDE_DIR OpenCVDnn_LIBRARY OpenCVDnn_core_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenCVDnn
  REQUIRED_VARS OpenCVDnn_LIBRARY OpenCVDnn_core_LIBRARY OpenCVDnn_INCLUDE_DIR)

if(OpenCVDnn_FOUND AND NOT TARGET OpenCVDnn::dnn)
  add_library(OpenCVDnn::dnn UNKNOWN IMPORTED)
  set_target_properties(OpenCVDnn::dnn PROPERTIES IMPORTED_LOCATION ${OpenCVDnn_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${OpenCVDnn_INCLUDE_DIR} INTERFACE_LINK_LIBRARIES ${OpenCVDnn_core_LIBRARY})
endif()
