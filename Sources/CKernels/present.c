int kernel_present(void){return 1;}
