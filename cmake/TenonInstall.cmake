# What `cmake --install` puts on a machine: the compiler, what artefacts link, the headers of applications, and find_package(Tenon).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS tenon tenon-opt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The compiler looks for these in ../lib, seen from itself.
install(TARGETS tenon-emulator tenon-rt tenon-runner ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET tenon-mpi)
  install(TARGETS tenon-mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tenon-rt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(tenon_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Tenon)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/TenonConfig.cmake.in ${PROJECT_BINARY_DIR}/cmake/TenonConfig.cmake
  INSTALL_DESTINATION ${tenon_package_dir}
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/TenonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES
    ${PROJECT_BINARY_DIR}/cmake/TenonConfig.cmake
    ${PROJECT_BINARY_DIR}/cmake/TenonConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/cmake/TenonAddModel.cmake
  DESTINATION ${tenon_package_dir})
