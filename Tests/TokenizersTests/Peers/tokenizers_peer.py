"""What the `tokenizers` library makes of the same input.

windows GENOME LENGTH COUNT     the first COUNT windows of a FASTA file (plain or gzip), one a line
train WORDS SIZE OUT            trains BPE on the words of a file, one a line
encode TOKENIZER WORDS          ids of each line; an empty line gives an empty line
resave TOKENIZER OUT            loads and saves
"""
import gzip
import sys

from tokenizers import Tokenizer, decoders, models, trainers

SPECIALS = ["[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]"]


def lines(path):
    with open(path, encoding="ascii") as file:
        return file.read().splitlines()


def main():
    command, *rest = sys.argv[1:]
    if command == "windows":
        opener = gzip.open if rest[0].endswith(".gz") else open
        with opener(rest[0], "rt", encoding="ascii") as file:
            text = "".join(line.strip().upper() for line in file if not line.startswith(">"))
        length, count = int(rest[1]), int(rest[2])
        windows = [text[i : i + length] for i in range(0, len(text) - length + 1, length)]
        print("\n".join(windows[:count]))
    elif command == "train":
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
        tokenizer.decoder = decoders.Fuse()
        trainer = trainers.BpeTrainer(vocab_size=int(rest[1]), special_tokens=SPECIALS, show_progress=False)
        tokenizer.train_from_iterator(lines(rest[0]), trainer)
        tokenizer.save(rest[2])
    elif command == "encode":
        tokenizer = Tokenizer.from_file(rest[0])
        for encoding in tokenizer.encode_batch(lines(rest[1]), add_special_tokens=False):
            print(*encoding.ids)
    elif command == "resave":
        Tokenizer.from_file(rest[0]).save(rest[1])


main()
