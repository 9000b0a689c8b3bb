# Each gtest program under the build's test/Unit is a suite; each of its cases one test.

import os

import lit.formats

config.name = "Tenon-Unit"
config.suffixes = []
config.test_exec_root = os.path.join(config.tenon_binary_dir, "test", "Unit")
config.test_source_root = config.test_exec_root
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0:allow_user_poisoning=0" # as in ../lit.cfg.py
