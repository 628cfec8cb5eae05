test:
	python3 bootstrap.py test
check:
	python3 bootstrap.py check
.PHONY: test check
