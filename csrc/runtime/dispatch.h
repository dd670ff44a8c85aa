/* Chooses the kernel table: the best one for the CPU, or the requested one. */
#ifndef CNN_DISPATCH_H
#define CNN_DISPATCH_H

#include "kernels/table.h"

/* The table in force, or NULL if CNNCORE_ISA names one that this machine does not have. */
const struct kernel_table *cnn_table(void);

#endif
