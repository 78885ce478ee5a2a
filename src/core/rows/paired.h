/*
 * paired.h
 *	  Training rows in both forms, codes and values, in one order.
 *
 * Models that learn from codes and models that learn from values are compared row by row,
 * and their scores are added up.  So both have to see the rows in the same order.  It is
 * that of the values; rows that are alike in their codes come in the order of their users.
 */
#ifndef SPK_CORE_ROWS_PAIRED_H
#define SPK_CORE_ROWS_PAIRED_H

#include "core/rows/matrix.h"
#include "core/rows/values.h"

/*
 * Fills both forms from the table, whose features these are, in either form (code_form.h).  values (spk_table_values_size
 * bytes), codes (n_rows times spk_features_stride) and numbers (one of each row) are the
 * caller's, who may share them.  numbers receives the rows' users where the table has
 * groups, and is not touched otherwise.  origins has room for all rows, and is set to the
 * place of each row in the table.  It takes spk_paired_work_size bytes of host memory
 * while it works.  Returns SPK_LIMIT, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_paired_fill(const SpkHost *host, const SpkTable *table,
								 const SpkFeature *features, double *values, uint8_t *codes,
								 uint32_t *numbers, SpkValues *rows, SpkMatrix *matrix,
								 uint32_t *origins);
extern uint64_t	 spk_paired_work_size(uint32_t n_rows);

#endif /* SPK_CORE_ROWS_PAIRED_H */
