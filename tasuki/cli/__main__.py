"""python -m tasuki.cli"""

from tasuki.cli import main

main()
