# boost: gradient boosting from a table to a stored model, and how good it is.

. bench/training.sh

training_data
for rows in ${TRAIN_ROWS:-22278 200000 1000000}; do
	train_compare boost 6 "$rows" "xgboost lightgbm catboost"
done
unset PGOPTIONS
