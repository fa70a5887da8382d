"""What deals register with the kernel: one file per noun."""
