module lambdainit

go 1.26
