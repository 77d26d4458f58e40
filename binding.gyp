{ "includes": ["csrc/binding.gypi"] }
