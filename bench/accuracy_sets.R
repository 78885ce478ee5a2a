# accuracy_sets.R: writes the data sets of R packages that are installed as CSV files.
#
#	Rscript bench/accuracy_sets.R FOLDER
#
# The first column is userid: the row's number, or the user where rows have one;
# the last is y, 1 for what is to be foreseen.  Ordered factors are written as the
# place of their level, because their order is known, and all others as text.

folder <- commandArgs(trailingOnly = TRUE)[1]

# keep(name, package, of which data set, label, its value that counts as 1, id, what to leave out)
keep <- function(name, package, set, label, churned, id = NULL, drop = NULL)
{
	where <- new.env()
	if (!requireNamespace(package, quietly = TRUE))
	{
		message("skipped: ", name, " (no R package ", package, " here)")
		return(invisible())
	}
	utils::data(list = set, package = package, envir = where)
	rows <- as.data.frame(where[[set]])
	y <- as.integer(as.character(rows[[label]]) %in% churned)
	known <- !is.na(rows[[label]])
	userid <- if (is.null(id)) seq_len(nrow(rows)) else rows[[id]]
	rows <- rows[, setdiff(names(rows), c(label, id, drop)), drop = FALSE]
	for (column in names(rows))
	{
		if (is.ordered(rows[[column]]) || is.logical(rows[[column]]))
			rows[[column]] <- as.integer(rows[[column]])
	}
	names(rows) <- gsub("[^a-z0-9]+", "_", tolower(names(rows)))
	write.csv(cbind(userid = userid, rows, y = y)[known, ], file.path(folder, paste0(name, ".csv")),
			  row.names = FALSE, na = "")
}

keep("mlc_churn", "modeldata", "mlc_churn", "churn", "yes")
keep("wa_churn", "modeldata", "wa_churn", "churn", "Yes")
keep("credit_data", "modeldata", "credit_data", "Status", "bad")
keep("attrition", "modeldata", "attrition", "Attrition", "Yes")
keep("lending_club", "modeldata", "lending_club", "Class", "bad")
keep("stackoverflow", "modeldata", "stackoverflow", "Remote", "Remote")
keep("cells", "modeldata", "cells", "class", "PS", drop = "case")
keep("ad_data", "modeldata", "ad_data", "Class", "Impaired")
keep("spam", "kernlab", "spam", "type", "spam")
keep("ticdata", "kernlab", "ticdata", "CARAVAN", "insurance")
keep("income", "kernlab", "income", "INCOME", c("[50.000-75.000)", "[75.000-"))
keep("musk", "kernlab", "musk", "Class", "1")
keep("pima", "mlbench", "PimaIndiansDiabetes2", "diabetes", "pos")
keep("ionosphere", "mlbench", "Ionosphere", "Class", "bad")
keep("sonar", "mlbench", "Sonar", "Class", "M")
keep("arrests", "carData", "Arrests", "released", "No")
keep("titanic", "carData", "TitanicSurvival", "survived", "yes")
keep("mroz", "carData", "Mroz", "lfp", "yes")
keep("cowles", "carData", "Cowles", "volunteer", "yes")
keep("migraine", "carData", "KosteckiDillon", "headache", "yes", id = "id")
