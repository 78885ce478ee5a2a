# Forests of R's ranger, as those of bench/peer_forest.py.
#
# peer_forest.R train forest ranger DEPTH FILE ROWS
# peer_forest.R auc forest ranger DEPTH FILE ROWS HELD SECONDS

suppressMessages(library(ranger))

# rows of an .npy file of doubles, as the peers in Python write it
load_rows <- function(path) {
  con <- file(path, "rb")
  on.exit(close(con))
  readBin(con, "raw", 8)
  header <- readChar(con, readBin(con, "integer", size = 2, signed = FALSE, endian = "little"), useBytes = TRUE)
  shape <- as.numeric(regmatches(header, regexec("\\(([0-9]+), ([0-9]+)\\)", header))[[1]][2:3])
  matrix(readBin(con, "double", prod(shape)), shape[1], shape[2], byrow = TRUE,
         dimnames = list(NULL, c("label", paste0("x", 2:shape[2] - 1))))
}

forest <- function(rows, seed)
  ranger(x = as.data.frame(rows[, -1]), y = factor(rows[, 1]), num.trees = 100, mtry = 4, max.depth = depth,
         min.node.size = 1, probability = TRUE, num.threads = 2, seed = seed)

auc <- function(label, score) {
  pos <- sum(label)
  (sum(rank(score)[label > 0]) - pos * (pos + 1) / 2) / (pos * (length(label) - pos))
}

args <- commandArgs(trailingOnly = TRUE)
depth <- as.integer(args[4])
pool <- load_rows(args[5])
n <- as.integer(args[6])
if (args[1] == "train") {
  time <- system.time(forest(pool[1:n, ], 1))
  cat(sprintf("Time: %f ms\nCPU: %f ms\n", 1000 * time["elapsed"], 1000 * (time["user.self"] + time["sys.self"])))
} else {
  held <- load_rows(args[7])
  start <- proc.time()["elapsed"]
  for (seed in 1:5) {
    if (proc.time()["elapsed"] - start > as.numeric(args[8])) break
    first <- ((seed - 1) * n) %% (nrow(pool) - n + 1)
    model <- forest(pool[first + 1:n, ], seed)
    cat(seed, auc(held[, 1], predict(model, as.data.frame(held[, -1]), num.threads = 2)$predictions[, "1"]), "\n")
  }
}
