"""`python -m zhisuan` is the command line."""

from zhisuan.cli.main import main

main()
