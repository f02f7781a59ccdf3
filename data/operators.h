/* Names of the data operators, which opening a graph's sources tells apart. */
#pragma once

#define TELAR_OPERATOR_IDX_IMAGES     "idx_images"
#define TELAR_OPERATOR_CSV_TABLE      "csv_table"
#define TELAR_OPERATOR_TABLE_COLUMNS  "table_columns"
#define TELAR_OPERATOR_TEXT_WINDOWS   "text_windows"
#define TELAR_OPERATOR_SERIES_WINDOWS "series_windows"
