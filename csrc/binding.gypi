# How the addon is built. binding.gyp, which node-gyp wants in the root, includes this and is not in the package: Yarn 1
# would compile by it when the package is installed, whatever package.json says, and pnpm would warn.
{
  "targets": [
    {
      "target_name": "forkless",
      "sources": [
        "core/arena.c",
        "core/plan.c",
        "core/child.c",
        "core/guard.c",
        "core/report.c",
        "core/interpret.c",
        "steps/descriptors.c",
        "steps/closing.c",
        "steps/terminal.c",
        "steps/ids.c",
        "steps/limits.c",
        "core/spawn.c",
        "core/fdtable.c",
        "core/slots.c",
        "core/verdict.c",
        "core/await.c",
        "core/report_reader.c",
        "core/proof.c",
        "core/exit.c",
        "core/usage.c",
        "core/ending.c",
        "core/handle.c",
        "core/proc.c",
        "core/pause.c",
        "core/fds.c",
        "core/environ.c",
        "core/collect.c",
        "node/addon.cc",
        "node/layout.cc",
        "node/record.cc",
        "node/watcher.cc",
        "node/collect-glue.cc",
        "node/exec-addresses.cc",
        "node/runtime.cc",
      ],
      # It answers with a relative path: no address of the machine gets into the binary.
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A Worker may be terminated while it is in here: what cannot be thrown any more must not abort the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],

      # What some Node or other builds its own addons with, and we do not: the bytes must not depend on which Node it is.
      "cflags!": ["-Wno-unused-parameter", "-O3"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-strict-aliasing"],
      "cflags": [
        "-O2",
        # For a debugger; a release keeps it apart. No folder of this machine is in it, so the same source gives the same
        # bytes everywhere.
        "-g",
        "'-ffile-prefix-map=<(module_root_dir)=.'",
        "'-ffile-prefix-map=<(node_root_dir)/include=.'",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-fvisibility=hidden",
        "-ffunction-sections",
        "-fdata-sections",
        # The child runs on the parent's thread-local storage, and a fortified name is in one libc only.
        "-fno-stack-protector",
        "-U_FORTIFY_SOURCE",
      ],
      "cflags_c": [
        "-std=c11",
        "-D_GNU_SOURCE",
        "-Wconversion",
        # No call that is not in the source: neither through the PLT nor to a memcpy made of a loop.
        "-fno-plt",
        "-fno-tree-loop-distribute-patterns",
        "-fno-asynchronous-unwind-tables",
      ],
      "cflags_cc": [
        "-std=c++20",
        "-fno-exceptions",
        "-fno-rtti",
        # Each would ask for libstdc++: guards of local statics, and templates kept there ready-made (C++20 on, no
        # std::string is).
        "-fno-threadsafe-statics",
        "-D_GLIBCXX_EXTERN_TEMPLATE=0",
      ],

      # No library is named: the file loads under glibc and under musl, and Node-API is found in the running program.
      "ldflags!": ["-rdynamic", "-pthread"],
      "ldflags": [
        "-nostdlib",
        "-Wl,--gc-sections",
        # Node unloads an addon with the last environment that uses it; a child or the watcher may still be inside.
        "-Wl,-z,nodelete",
        # The runtime's operator new is this file's own, whatever visibility <new> gives it. Seen from the build folder.
        "-Wl,--version-script=../csrc/node/exports.map",
        "-Wl,-z,relro",
        "-Wl,-z,now",
        "-Wl,-z,noexecstack",
      ],
      "libraries": ["-lgcc"],

      "conditions": [
        # Out-of-line atomics ask the C library which ones the machine has.
        ["target_arch=='arm64'", {"cflags": ["-mno-outline-atomics"]}],
      ],
    }
  ]
}
