int kernel_present(void);
