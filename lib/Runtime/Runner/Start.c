//===- Start.c - where a compiled executable starts -----------------------===//
//
// Executables are linked on machines without a C compiler, hence without its
// crt1.o. Where there is one, its _start comes first and this is not linked.
// The ABI calls for no more than this (System V psABI, "Initial Stack").
//
//===----------------------------------------------------------------------===//
#if defined(__x86_64__)
__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  .cfi_startproc\n"
        "  .cfi_undefined rip\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rdx, %r9\n" // the dynamic linker's destructor
        "  popq %rsi\n"
        "  movq %rsp, %rdx\n"
        "  andq $-16, %rsp\n"
        "  pushq %rax\n"
        "  pushq %rsp\n"
        "  xorl %r8d, %r8d\n"
        "  xorl %ecx, %ecx\n"
        "  leaq main(%rip), %rdi\n"
        "  call *__libc_start_main@GOTPCREL(%rip)\n"
        "  hlt\n"
        "  .cfi_endproc\n"
        ".size _start, . - _start\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "  .cfi_startproc\n"
        "  .cfi_undefined x30\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x5, x0\n" // the dynamic linker's destructor
        "  ldr x1, [sp]\n"
        "  add x2, sp, #8\n"
        "  mov x6, sp\n"
        "  mov x3, #0\n"
        "  mov x4, #0\n"
        "  adrp x0, main\n"
        "  add x0, x0, :lo12:main\n"
        "  bl __libc_start_main\n"
        "  udf #0\n"
        "  .cfi_endproc\n"
        ".size _start, . - _start\n");
#endif
